/** UCUM (https://ucum.org/ucum), through the tables that the FHIRPath engine brings. */
import fhirpath from 'fhirpath';
import type { Json } from './json.ts';

export const ucum = 'http://unitsofmeasure.org';

const { ucumUtils } = fhirpath as Json;
const factors = new Map<string, ((value: number) => number) | undefined>();

/** How a number of one unit becomes a number of the other; `undefined` where they do not convert. */
export function conversion(from: string, to: string): ((value: number) => number) | undefined {
  const key = `${from} ${to}`;
  if (!factors.has(key)) factors.set(key, find(from, to));
  return factors.get(key);
}

function find(from: string, to: string): ((value: number) => number) | undefined {
  if (from === to) return (value) => value;
  const convert = (value: number): number | undefined => {
    const answer = ucumUtils.convertUnitTo(from, value, to);
    return answer.status === 'succeeded' && typeof answer.toVal === 'number' ? answer.toVal : undefined;
  };
  if (convert(1) === undefined) return undefined;
  return (value) => convert(value)!;
}
