/** Writes down what Trino answers to the statements of `../statements.ts`. */
import { writeFileSync } from 'node:fs';
import { statementGroups } from '../statements.ts';
import { askTrino, writtenStatement } from './ask-trino.ts';
import { answersFile } from './recorded-answers.ts';

const statements = statementGroups.flatMap((group) => group.statements);
const { run } = askTrino({ parse: [], run: statements.map(writtenStatement) });
const refused = statements.filter((_, index) => 'error' in run[index]!);
if (refused.length > 0) throw new Error(`Trino does not answer ${refused.join('\n')}`);
writeFileSync(answersFile, `{\n${statements.map((statement, index) => `${JSON.stringify(statement)}: ${JSON.stringify(run[index])}`).join(',\n')}\n}\n`);
