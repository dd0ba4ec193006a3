import { orderedTableContract } from '../contracts/ordered-table.contract.ts';
import { laggingTable } from './lagging-table.ts';
import { memoryTable } from './memory-table.ts';

orderedTableContract('the table in memory', async () => ({ table: memoryTable() }));
orderedTableContract('the lagging table', async () => ({ table: laggingTable(memoryTable()) }));
