/** The environment of a function: the only reader of `process.env`. */

/** Whether the SDK sends everything to one address (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html). */
export function hasOneEndpoint(): boolean {
  return process.env['AWS_ENDPOINT_URL'] !== undefined;
}

/** @throws Error that names the variable when it is missing, so that a wrong deployment fails at start. */
export function environmentVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is missing.`);
  return value;
}
