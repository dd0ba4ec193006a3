/** To which moments data stores can be restored: what DynamoDB says of their table `resources`, all else is made of it. */
import type { Backups } from '../ports/backups.ts';
import type { TableAdministration } from '../ports/table-administration.ts';

export function tableBackups(tables: Pick<TableAdministration, 'recovery'>): Backups {
  return {
    async window(datastoreId) {
      const found = await tables.recovery({ datastoreId, table: 'resources' });
      // DynamoDB does not tell since when; the earliest moment is as much as can be had of it.
      return found && { ...found, enabled: found.earliest };
    },
  };
}
