/** Event filters of Lambda (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax). */

/** @param pattern objects name members, arrays name what a value may be @throws Error for a rule that is not known */
export function matchesFilter(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]: [string, unknown]) => {
    if (name === '$or') return (wanted as readonly object[]).some((each) => matchesFilter(each, event));
    const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[name] : undefined;
    if (!Array.isArray(wanted)) return typeof wanted === 'object' && wanted !== null && value !== undefined && matchesFilter(wanted, value);
    return wanted.some((rule) => matchesRule(rule, value));
  });
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return Array.isArray(value) ? value.includes(rule) : value === rule;
  const [[name, argument] = []] = Object.entries(rule) as [string, unknown][];
  if (name === 'exists') return (value !== undefined) === argument;
  if (name === 'prefix') return typeof value === 'string' && value.startsWith(argument as string);
  if (name === 'suffix') return typeof value === 'string' && value.endsWith(argument as string);
  if (name === 'equals-ignore-case') return typeof value === 'string' && value.toLowerCase() === (argument as string).toLowerCase();
  if (name === 'anything-but') return value !== undefined && !(Array.isArray(argument) ? argument : [argument]).includes(value);
  throw new Error(`The rule ${name} is not known to event-filter.ts.`);
}
