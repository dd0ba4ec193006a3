/** Collects what a check finds, each with the place where it was found. */
import type { Issue, IssueCode } from '../outcome.ts';

/** Enough to correct a resource from; more would only make a hostile one dear to answer. */
export const maxIssues = 50;

/** What an element name can look like. Any other property name may be data and is not repeated. */
const elementName = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

export class Findings {
  readonly issues: Issue[] = [];
  readonly #path: (string | number)[];

  /** @param root the resource type, which begins every expression. */
  constructor(root: string) {
    this.#path = [root];
  }

  get isFull(): boolean {
    return this.issues.length >= maxIssues;
  }

  enter(segment: string | number): void {
    this.#path.push(segment);
  }

  leave(): void {
    this.#path.pop();
  }

  /** @param name a property of the present place, when that is the culprit. */
  add(code: IssueCode, diagnostics: string, name?: string): void {
    if (this.isFull) return;
    const place = this.#path
      .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${segment}`))
      .join('')
      .slice(1);
    const expression = name !== undefined && elementName.test(name) ? `${place}.${name}` : place;
    this.issues.push({ severity: 'error', code, diagnostics, expression });
  }
}
