/** From the list of functions to the routes of the interface. */
import type { FunctionSpec } from '../../src/aws/functions.ts';
import { functionName } from '../../src/aws/names.ts';
import type { ServedRoute, Target } from './open-api.ts';

/** @returns routes by method, and the function that takes what is left over */
export function servedRoutes(deployment: string, specs: readonly FunctionSpec[]): { routes: readonly ServedRoute[]; otherwise: Target } {
  const served = specs.flatMap((spec) => spec.routes.map((route) => ({ ...route, target: targetOf(deployment, spec) })));
  const otherwise = served.find(({ method }) => method === 'ANY')?.target;
  if (otherwise === undefined) throw new Error('No function takes what no route does: one needs routes of the method ANY.');
  return { routes: served.filter(({ method }) => method !== 'ANY'), otherwise };
}

function targetOf(deployment: string, { name, streams, timeoutSeconds }: FunctionSpec): Target {
  return { functionName: functionName(deployment, name), streamed: streams, timeoutSeconds };
}
