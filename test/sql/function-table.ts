/** The table of functions of docs/sql-dialect.md, as the rules have it. */
import { functionGroups } from '../../src/sql/functions/table.ts';
import type { FunctionRule } from '../../src/sql/functions/rule.ts';

const shown = (text: string) => text.replaceAll('ownzone', 'timestamp with time zone').replaceAll('zoned', 'timestamp with time zone').replaceAll('...', ', …');

function row({ name, signatures, note = '' }: FunctionRule): string {
  const forms = [...new Set(signatures.map((signature) => `\`${name}${shown(signature)}\``))];
  return `| ${forms.join('<br>')} | ${note} |`;
}

export function functionTable(): string {
  return functionGroups.map(({ title, rules }) => `### ${title}\n\n| | |\n|---|---|\n${rules.map(row).join('\n')}\n`).join('\n');
}
