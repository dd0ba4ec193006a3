/**
 * Whether policies allow a request, as IAM decides it within one account
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 */
import { conditionsHold, substituted, wildcard } from './conditions.ts';
import type { Conditions, Context } from './conditions.ts';

type OneOrMany = string | readonly string[];

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly NotPrincipal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Conditions;
}

export interface Policy {
  readonly Statement: Statement | readonly Statement[];
}

export interface AccessRequest {
  /** As `dynamodb:PutItem`. */
  readonly action: string;
  /** The ARN that the service checks, or `*` where an action has none. */
  readonly resource: string;
  /** Condition keys as `kms:ViaService`. */
  readonly context: Context;
  /** The ARN of the role that asks, and those that a policy may name in its place. */
  readonly principals: readonly string[];
  /** `lambda.amazonaws.com` where a service asks for itself. */
  readonly service?: string;
}

/** A pair of patterns of an Allow statement that a request needed. */
export interface UsedGrant {
  readonly statement: Statement;
  readonly action: string;
  readonly resource: string;
}

export interface Decision {
  readonly effect: 'allow' | 'deny' | 'nothing said';
  readonly used: readonly UsedGrant[];
}

export function many(value: OneOrMany | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

export function statements(policies: readonly Policy[]): readonly Statement[] {
  return policies.flatMap(({ Statement }) => (Array.isArray(Statement) ? (Statement as readonly Statement[]) : [Statement as Statement]));
}

/** What the policies alone say: an explicit Deny wins over any Allow. */
export function decide(policies: readonly Policy[], request: AccessRequest): Decision {
  const applying = statements(policies).filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return { effect: 'deny', used: [] };
  const allowing = applying.filter(({ Effect }) => Effect === 'Allow');
  const used = allowing.flatMap((statement) => grantsOf(statement, request));
  return { effect: allowing.length > 0 ? 'allow' : 'nothing said', used };
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return principalMatches(statement, request) && actionMatches(statement, request)
    && resourceMatches(statement, request) && conditionsHold(statement.Condition ?? {}, request.context);
}

function actionMatches({ Action, NotAction }: Statement, { action }: AccessRequest): boolean {
  const matches = (patterns: OneOrMany | undefined): boolean => many(patterns).some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase()));
  return NotAction === undefined ? matches(Action) : !matches(NotAction);
}

function resourceMatches({ Resource, NotResource }: Statement, { resource, context }: AccessRequest): boolean {
  // An identity's policy always names one; a role's trust policy names none, for it is about the role.
  if (Resource === undefined && NotResource === undefined) return true;
  const matches = (patterns: OneOrMany | undefined): boolean => many(patterns).some((pattern) => wildcard(substituted(pattern, context), resource));
  return NotResource === undefined ? matches(Resource) : !matches(NotResource);
}

function principalMatches({ Principal, NotPrincipal }: Statement, request: AccessRequest): boolean {
  if (Principal === undefined && NotPrincipal === undefined) return true;
  return NotPrincipal === undefined ? names(Principal!, request) : !names(NotPrincipal, request);
}

function names(principal: NonNullable<Statement['Principal']>, { principals, service }: AccessRequest): boolean {
  if (principal === '*') return true;
  if (service !== undefined) return many(principal['Service']).includes(service);
  return many(principal['AWS']).some((named) => named === '*' || principals.includes(named));
}

function grantsOf(statement: Statement, request: AccessRequest): readonly UsedGrant[] {
  const actions = many(statement.Action).filter((pattern) => wildcard(pattern.toLowerCase(), request.action.toLowerCase()));
  const resources = many(statement.Resource).filter((pattern) => wildcard(substituted(pattern, request.context), request.resource));
  return actions.flatMap((action) => resources.map((resource) => ({ statement, action, resource })));
}
