/** Prints what the platform costs on AWS; with `--write`, into docs/cost.md. Usage: npm run cost [-- --write] */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureOperations } from './cost/measured-operations.ts';
import { costPage } from './cost/page.ts';

const page = costPage(await measureOperations());
if (process.argv.includes('--write')) writeFileSync(join(import.meta.dirname, '..', 'docs', 'cost.md'), page);
else process.stdout.write(page);
