/** All commands, in the order of the help. */
import type { Command } from './command.ts';
import { datastoreCommands } from './commands/datastore.ts';
import { exportCommands } from './commands/export.ts';
import { fhirReadCommands } from './commands/fhir-read.ts';
import { fhirWriteCommands } from './commands/fhir-write.ts';
import { importCommands } from './commands/import.ts';
import { jobCommands } from './commands/job.ts';
import { noteCommands } from './commands/note.ts';
import { profileCommands } from './commands/profile.ts';
import { reindexCommands } from './commands/reindex.ts';
import { signProxyCommands } from './commands/sign-proxy.ts';
import { sqlCommands } from './commands/sql.ts';

export const commands: readonly Command[] = [
  ...fhirReadCommands, ...fhirWriteCommands, ...sqlCommands, ...datastoreCommands, ...importCommands, ...exportCommands, ...jobCommands, ...reindexCommands, ...noteCommands, ...profileCommands, ...signProxyCommands,
];
