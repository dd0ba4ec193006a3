/** How a full disk is told to whoever wrote: nothing was written, and nothing will be until there is room. */
import { StorageFull, TableUnavailable } from '../ports/ordered-table.ts';

/** SQLite's words for SQLITE_FULL (https://www.sqlite.org/rescode.html#full). */
const sqliteFull = 'database or disk is full';

/** @param message that of the error which the writer's transaction failed with */
export function writeFailure(message: string): TableUnavailable {
  return message.includes(sqliteFull) ? new StorageFull('The disk is full.') : new TableUnavailable(`The write failed: ${message}`);
}

/** Does a piece of work with files. @throws StorageFull where the system says that there is no room */
export async function unlessFull<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new StorageFull('The disk is full.', { cause: error });
    throw error;
  }
}
