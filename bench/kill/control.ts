/** HealthLake's own API of the killed server: operations on its one data store. */
export interface DatastoreProperties {
  readonly DatastoreId: string;
  readonly DatastoreStatus: string;
  readonly AnalyticsConfiguration?: { readonly Status: string };
}

export function datastoreIdOf(baseUrl: string): string {
  return /datastore\/([0-9a-f]+)/.exec(baseUrl)![1]!;
}

/** @throws Error (without an answer) when the server is gone, or does not carry the operation out */
export async function control(baseUrl: string, operation: string, input: object = {}): Promise<{ readonly DatastoreProperties: DatastoreProperties }> {
  const answer = await fetch(new URL('/', baseUrl), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${operation}` },
    body: JSON.stringify({ DatastoreId: datastoreIdOf(baseUrl), ...input }),
  });
  if (answer.status !== 200) throw new Error(`${operation} was answered with ${answer.status}.`);
  return await answer.json() as { readonly DatastoreProperties: DatastoreProperties };
}
