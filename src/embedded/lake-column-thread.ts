/** A thread that makes columns: what it starts with is all that it ever needs of the program. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', '.cache', 'node'));
await import('./lake-column-making.ts');
