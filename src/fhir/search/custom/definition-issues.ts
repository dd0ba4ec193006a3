/** What is wrong with a SearchParameter that is to be searched by (https://hl7.org/fhir/R4/searchparameter.html). */
import type { Issue, IssueCode } from '../../outcome.ts';
import { parsePath } from '../../path/parse.ts';
import { PathError } from '../../path/path-error.ts';
import type { Resource } from '../../resource.ts';
import { isResourceType } from '../../structures.ts';
import { searchParametersOf } from '../parameters.ts';
import type { SimpleType } from '../reader-names.ts';
import type { SearchParameterType } from '../values.ts';
import { compileSelector } from './compile.ts';
import type { DefinitionOf } from './definition-shape.ts';
import { compileComponent, compileExtractor } from './extractor.ts';
import type { Position } from './selection.ts';
import { baseParameter, typesOf, writtenParameter } from './written-parameter.ts';
import type { WrittenComponent, WrittenParameter } from './written-parameter.ts';

/** Three times the longest of R4's. */
export const maxExpressionLength = 4000;
/** An expression is compiled for each type: this is R4's longest, which has 33 types, twice over. */
export const maxExpressionLengthOfTypes = 100_000;
/** R4's composites have up to four. */
export const maxComponents = 10;
/** R4's longest code has half of it. */
const maxCodeLength = 64;

/** A name in a URL: without the `:` of modifiers and the `.` of chains, and without the `_` of what FHIR itself defines. */
const codePattern = /^[A-Za-z0-9-][A-Za-z0-9_-]*$/;

const types: readonly string[] = ['number', 'date', 'string', 'token', 'reference', 'composite', 'quantity', 'uri', 'special'];
const allowedBases: readonly string[] = ['Resource', 'DomainResource'];
/** R4's own parameters are below it. */
const baseUrl = 'http://hl7.org/fhir/SearchParameter/';

/**
 * What refuses a write; empty for R4's own, which are stored and served by the product, and for what is retired.
 * @param definitionOf the parameters of the data store, once all of them are known: without it a composite may name any
 */
export function searchParameterIssues(resource: Resource, definitionOf?: DefinitionOf): readonly Issue[] {
  return checkedParameter(writtenParameter(resource), definitionOf).issues;
}

/** What compiling a definition tells: it costs up to milliseconds, so it is done once for both. */
export interface CheckedParameter {
  readonly issues: readonly Issue[];
  /** Where there are no issues: its resource types for which the expression can yield a value. */
  readonly types: readonly string[];
}

/** Nothing is said of R4's own, and of what is retired. */
export function checkedParameter(written: WrittenParameter, definitionOf?: DefinitionOf): CheckedParameter {
  if (written.status === 'retired' || (written.url !== undefined && baseParameter(written.url) !== undefined)) return refused();
  const issues = [...nameIssues(written), ...typeIssues(written)];
  return issues.length > 0 ? refused(...issues) : checkedExpression(written, definitionOf);
}

function refused(...issues: readonly Issue[]): CheckedParameter {
  return { issues, types: [] };
}

function issue(code: IssueCode, element: string, diagnostics: string): Issue {
  return { severity: 'error', code, diagnostics, expression: `SearchParameter.${element}` };
}

function nameIssues({ url, code, base }: WrittenParameter): readonly Issue[] {
  const issues: Issue[] = [];
  if (url === undefined) issues.push(issue('required', 'url', 'A SearchParameter has a canonical URL. Give it one.'));
  if (code === undefined) return [...issues, issue('required', 'code', 'A SearchParameter has a code, its name in searches. Give it one.')];
  const restates = base.length > 0 && typesOf({ base }).every((type) => searchParametersOf(type).has(code));
  if (!restates && (!codePattern.test(code) || code.length > maxCodeLength)) {
    const allowed = `letters, digits, - and _, up to ${maxCodeLength}, and does not begin with _`;
    issues.push(issue('value', 'code', `The code is no name that a search can have: it has ${allowed}.`));
  }
  return issues;
}

function typeIssues({ type, base, targets }: WrittenParameter): readonly Issue[] {
  const issues: Issue[] = [];
  if (type === undefined || !types.includes(type)) {
    issues.push(issue(type === undefined ? 'required' : 'code-invalid', 'type', `A SearchParameter has one of the types ${types.join(', ')}.`));
  }
  if (base.length === 0) issues.push(issue('required', 'base', 'A SearchParameter has the resource types it is for. Name them.'));
  if (!base.every((one) => isResourceType(one) || allowedBases.includes(one))) {
    issues.push(issue('code-invalid', 'base', 'A base is a resource type of R4, Resource or DomainResource. Correct those that are not.'));
  }
  if (!targets.every((one) => isResourceType(one) || one === 'Resource')) {
    issues.push(issue('code-invalid', 'target', 'A target is a resource type of R4. Correct those that are not.'));
  }
  return issues;
}

function checkedExpression(written: WrittenParameter, definitionOf: DefinitionOf | undefined): CheckedParameter {
  const { expression, base, type, components } = written;
  if (expression === undefined) {
    // What is special is defined in words; such a parameter is stored and not searched.
    return type === 'special' ? refused() : refused(issue('required', 'expression', 'Say by a FHIRPath in the expression which elements are searched.'));
  }
  const lengths = [expression, ...components.map((one) => one.expression ?? '')].reduce((sum, { length }) => sum + length, 0);
  if (lengths > maxExpressionLength || lengths * typesOf({ base }).length > maxExpressionLengthOfTypes) {
    const limits = `${maxExpressionLength} characters, times its resource types ${maxExpressionLengthOfTypes}`;
    return refused(issue('too-long', 'expression', `The expression, with those of components, may have ${limits}. Define several parameters.`));
  }
  return type === 'composite' ? checkedComposite(written, definitionOf) : checkedSimple(written);
}

function checkedSimple({ url = '', code = '', type, base, expression = '', targets }: WrittenParameter): CheckedParameter {
  return unlessRefused('expression', () => {
    const definition = { url, code, type: type as SearchParameterType, base, expression, targets };
    // Every type is compiled before any is chosen: what does not fit one of them refuses the whole.
    const found = typesOf({ base }).filter((one) => compileExtractor(definition, one) !== undefined);
    if (found.length > 0) return { issues: [], types: found };
    return refused(issue('invalid', 'expression', `The expression selects nothing of its resource types that has a value of the type ${type ?? ''}.`));
  });
}

/** What is found, or the one issue that stands in a path's way. */
function unlessRefused(element: string, find: () => CheckedParameter): CheckedParameter {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    const way = 'The documentation of search lists what expressions may use.';
    return refused(issue('not-supported', element, `The expression uses ${error.message}. ${way}`));
  }
}

function checkedComposite({ base, expression = '', components }: WrittenParameter, definitionOf: DefinitionOf | undefined): CheckedParameter {
  if (components.length < 1 || components.length > maxComponents) {
    return refused(issue('required', 'component', `A composite has from 1 to ${maxComponents} components.`));
  }
  return unlessRefused('expression', () => {
    const path = parsePath(expression);
    const roots = typesOf({ base }).map((type) => {
      const root: Position = { type, path: type };
      return { root, positions: compileSelector(path, { positions: [root], kind: 'resource' }).positions };
    }).filter(({ positions }) => positions.length > 0);
    if (roots.length === 0) return refused(issue('invalid', 'expression', 'The expression selects nothing of its resource types.'));
    const parts = components.map((component, index) => checkedComponent(component, `component[${index}]`, { roots, definitionOf }));
    return {
      issues: parts.flatMap(({ issues }) => issues),
      types: roots.map(({ root }) => root.type).filter((type) => parts.every((part) => part.types.includes(type))),
    };
  });
}

interface Composite {
  readonly roots: readonly { readonly root: Position; readonly positions: readonly Position[] }[];
  readonly definitionOf: DefinitionOf | undefined;
}

function checkedComponent({ url, expression }: WrittenComponent, element: string, { roots, definitionOf }: Composite): CheckedParameter {
  if (url === undefined || expression === undefined) {
    return refused(issue('required', element, 'A component names the definition of a parameter, and has an expression.'));
  }
  const known = baseParameter(url) ?? definitionOf?.(url);
  if (known === undefined && (definitionOf !== undefined || url.startsWith(baseUrl))) {
    return refused(issue('not-found', `${element}.definition`, 'There is no SearchParameter of the URL that the component names.'));
  }
  if (known?.type === 'composite') {
    return refused(issue('invalid', `${element}.definition`, 'A component is of a simple parameter, not of a composite.'));
  }
  return unlessRefused(`${element}.expression`, () => {
    // Of what is not stored yet the expression alone can be read.
    const component = { code: '', type: (known?.type ?? 'token') as SimpleType, targets: known?.targets ?? [], expression };
    const found = roots.filter(({ root, positions }) => compileComponent(component, positions, root) !== undefined).map(({ root }) => root.type);
    if (known === undefined || found.length > 0) return { issues: [], types: found };
    return refused(issue('invalid', `${element}.expression`, `The expression selects nothing that has a value of the type ${known.type}.`));
  });
}
