/** docs/cost.md, written from what is measured, deployed and listed. */
import { deployed, idle, monthOf } from './idle.ts';
import type { Idle, Item } from './idle.ts';
import type { MeasuredName, Measurements } from './measured-operations.ts';
import { month, sumOfLines, sweepEveryHours, workloads } from './months.ts';
import type { Month, MonthLine } from './months.ts';
import { callPrice, memoryGb, operationPrice, pricedOperations, requestsPerMessage, sumOf } from './operation-prices.ts';
import { noteBilledMs, noteCharacters, noteCount, noteLines, noteRunMs } from './notes.ts';
import { apiGateway, cloudWatch, dynamodb, kms, lambda, pricesAsOf, region, sqs, stepFunctions, s3 } from './prices.ts';

const million = 1_000_000;
/** Runs from `create` to `active`, retries left out. */
const transitionsPerStore = 20;

/** What an idle store may cost, in dollars a month. */
const aimPerStore = 5;

/** @returns the page, as it is to be in docs/cost.md */
export function costPage(measurements: Measurements): string {
  const free = idle(measurements);
  const months = workloads.map((workload) => month(workload, measurements));
  return [opening(free, months), idleSection(free), operationSection(measurements), ...months.map(monthSection), notesSection(measurements), assumptions(measurements), priceList()].join('\n\n') + '\n';
}

function opening({ deployment, store }: Idle, months: readonly Month[]): string {
  return `# What it costs

Caldera runs in your own account and AWS bills you for what it uses. This page is written by \`npm run cost -- --write\`, from the functions' settings, from request units that the cost meter counts, and from list prices of ${region} as of ${pricesAsOf}. **Verify the prices before quoting**: they are constants of \`scripts/cost/prices.ts\`. Data transfer, taxes, support and discounts are left out.

${table(['', 'Caldera', 'HealthLake'], [
    ['Idle, one more data store', dollars(monthOf(store)), dollars(sumOfLines(months[0]!.healthLakeLines.slice(0, 1)))],
    ['Idle, a deployment with one data store', dollars(monthOf(deployment) + monthOf(store)), dollars(sumOfLines(months[0]!.healthLakeLines.slice(0, 1)))],
    ...months.map(({ workload, lines, healthLakeLines }) => [`${workload.title}, a month`, dollars(sumOfLines(lines)), dollars(sumOfLines(healthLakeLines))]),
  ])}${months.map(dearer).join('')}`;
}

/** Where HealthLake is cheaper, what makes it so. */
function dearer({ workload, lines, healthLakeLines }: Month): string {
  if (sumOfLines(lines) <= sumOfLines(healthLakeLines)) return '';
  const [most] = [...lines].sort((a, b) => b.perMonth - a.perMonth);
  const rest = sumOfLines(lines) - most!.perMonth;
  return `\n\n**${workload.title} pays less at HealthLake.** The largest item is *${most!.what}*, ${dollars(most!.perMonth)}; all else comes to ${dollars(rest)}.`;
}

function idleSection({ deployment, store }: Idle): string {
  const both = [...deployment, ...store];
  const alone = monthOf(both);
  const kept = monthOf(both, 'afterAllowances') < aimPerStore;
  const verdict = alone < aimPerStore
    ? `Within the $${aimPerStore} a month that we aim at for a store.`
    : `The aim is $${aimPerStore} a month for a store. A store by itself keeps it, and the first one ${kept ? 'where its deployment has the account\'s allowances to itself' : 'does not'}. **By list price the first one does not**: what watches over a deployment (${deployed.alarms} alarms, a dashboard) and asks queues for work is paid once, however many stores there are. Shared by ${storesWithin(aimPerStore, { deployment, store })} stores it is within $${aimPerStore} each.`;
  return `## Idle

Nobody sends a request; data stores are active and empty. *After allowances* is what is left in an account that has no other use for what AWS gives every account each month.

### Once for each deployment

${itemTable(deployment)}

### For each data store

${itemTable(store)}

A deployment with one store: **${dollars(alone)}** a month, ${dollars(monthOf(both, 'afterAllowances'))} after allowances. ${verdict}

Keys are rotated every year, and KMS charges each of the first ${kms.chargedRotations} rotations as a further key: from the third year on, a key costs ${dollars(kms.perKeyMonth * (1 + kms.chargedRotations))} a month, so a store ${dollars(monthOf(store) + kms.chargedRotations * kms.perKeyMonth)} and a deployment with one ${dollars(alone + 2 * kms.chargedRotations * kms.perKeyMonth)}. Making a store is a run of a workflow of, we assume, ${transitionsPerStore} transitions: ${dollars(transitionsPerStore * stepFunctions.perTransition, 4)}, once. A firewall and traces are off unless you ask for them, and are not counted.`;
}

/** How many stores bring the share of each under an amount. */
function storesWithin(aim: number, { deployment, store }: Idle): number {
  return Math.floor(monthOf(deployment) / (aim - monthOf(store))) + 1;
}

function itemTable(items: readonly Item[]): string {
  return table(['Item', 'Amount a month', 'List price', 'After allowances'], [
    ...items.map(({ what, amount, perMonth, afterAllowances }) => [what, amount, dollars(perMonth), dollars(afterAllowances)]),
    ['**Sum**', '', `**${dollars(monthOf(items))}**`, `**${dollars(monthOf(items, 'afterAllowances'))}**`],
  ]);
}

function operationSection(measurements: Measurements): string {
  const names = Object.keys(pricedOperations) as MeasuredName[];
  const priced = names.map((name) => ({ name, parts: operationPrice(name, measurements) }));
  return `## A million of each operation

In dollars. Units are averages over the synthetic population, counted request by request; see [below](#what-is-measured-and-what-is-assumed).

${table(['Operation', 'Read units', 'Write units', 'DynamoDB', 'Lambda', 'Gateway', 'Feed', 'Logs', 'Sum'], priced.map(({ name, parts }) => {
    const { readUnits, writeUnits } = measurements.operations[name];
    const prices = [parts.tables, parts.lambda, parts.gateway, parts.feed, parts.logs].map((price) => (price * million).toFixed(2));
    return [pricedOperations[name].title, decimal(readUnits), decimal(writeUnits), ...prices, `**${(sumOf(parts) * million).toFixed(2)}**`];
  }))}

A search pays for what it finds: one read unit for each version of up to 4 KB, and a few for the index. The search by patient and code found ${decimal(measurements.operations.searchByPatientAndCode.entries)} resources on average, that by name ${decimal(measurements.operations.searchByName.entries)}, the history ${decimal(measurements.operations.history.entries)} versions. A write pays for each entry of the index that it makes, and an update for those that it removes too; most of a write's price is the index.`;
}

function monthSection({ workload, storedGb, jsonGb, lines, healthLakeLines, healthLakeQueries }: Month): string {
  const requests = (Object.entries(workload.requests) as [MeasuredName, number][])
    .map(([name, amount]) => `${amount.toLocaleString('en-US')} ${pricedOperations[name].title}`).join(', ');
  return `## ${workload.title}

${workload.description}. ${(workload.versions / million).toLocaleString('en-US')} million versions of resources lie in the store: ${storedGb.toFixed(1)} GB in its tables, index included, and ${jsonGb.toFixed(1)} GB as JSON. Requests of the month: ${requests}.

${lineTable('Caldera', lines)}

${lineTable(`HealthLake (${(healthLakeQueries / million).toFixed(1)} million queries)`, healthLakeLines)}`;
}

function notesSection(measurements: Measurements): string {
  const lines = noteLines(measurements).map(({ what, price }) => ({ what, perMonth: price }));
  const [service, ...rest] = lines;
  return `## A thousand notes

${noteCount.toLocaleString('en-US')} clinical notes of ${noteCharacters.toLocaleString('en-US')} characters, read by Amazon Comprehend Medical and written as resources ([enrichment.md](enrichment.md#on-aws)). InferSNOMEDCT is asked too, and its price we do not know.

${table(['Part', `${noteCount.toLocaleString('en-US')} notes`], [...lines.map(({ what, perMonth }) => [what, dollars(perMonth)]), ['**Sum**', `**${dollars(sumOfLines(lines))}**`]])}

All but the service's own price, ${dollars(service!.perMonth)}, is ${dollars(sumOfLines(rest))}. Assumed: a run takes ${noteRunMs / 1000} s, its steps ${Object.entries(noteBilledMs).map(([name, ms]) => `${name} ${ms} ms`).join(', ')}. What reading a note writes comes back by the change feed, and one step finds that there is nothing to do: that is the second run. A store whose notes are not read pays for a message and a look at its record for each document, some ${dollars(unread, 6)}.`;
}

/** A message, and a short call of who takes it. */
const unread = requestsPerMessage * sqs.perRequest + callPrice('enrich-notes', 50);

function lineTable(title: string, lines: readonly MonthLine[]): string {
  return table([title, 'A month'], [...lines.map(({ what, perMonth }) => [what, dollars(perMonth)]), ['**Sum**', `**${dollars(sumOfLines(lines))}**`]]);
}

function assumptions({ resources, storedBytes, jsonBytes, sweepReadUnits }: Measurements): string {
  const durations = (Object.keys(pricedOperations) as MeasuredName[]).map((name) => {
    const { title, function: called, billedMs } = pricedOperations[name];
    return `${title} ${billedMs} ms at ${Math.round(memoryGb(called) * 1024)} MB`;
  });
  return `## What is measured, and what is assumed

- **Measured**: request units, on tables in memory, by the whole interface over ${resources.toLocaleString('en-US')} resources of the synthetic population (\`src/fhir/synthetic\`). A version takes ${Math.round(storedBytes).toLocaleString('en-US')} bytes of storage on average, index included, for ${Math.round(jsonBytes).toLocaleString('en-US')} bytes of JSON. Updates and histories are of Observations. Your resources differ: measure them with the same meter.
- **Read from the source**: memory of functions, schedules, queues, tables that a function may use. Alarms, dashboards and keys are compared with the synthesized templates by \`npm run test:deployment\`.
- **Assumed**: what Lambda bills, starts included: ${durations.join('; ')}.
- **Change feed**: one call of its function for each request that writes, though under load one call carries up to a hundred. Reading a stream from Lambda is free. A transaction adds a message and a look by the clean-up.
- **KMS**: DynamoDB asks for a table's key once in five minutes and function; S3 uses bucket keys. Objects hold only what is too large for a row, at ${dollars(s3.perGbMonth, 3)} a GB, and none of the population is.
- **The sweep** looks for what crashed writers left, once in ${sweepEveryHours / 24} days, a part every day (\`sweep\` in \`src/aws/stream-functions.ts\`). It takes ${decimal(sweepReadUnits)} read units for each version in the store, most of them to read the version of every entry of the index, and grows with the store, not with its use.
- **Metrics of each method** cost by the hours in which a method is called, whatever the number of requests.
- **Logs** are priced as they come in; keeping them (90 days, and 365 for accesses) is a few cents a GB more. No secret is kept in Secrets Manager.
- **HealthLake**: one query for each request and each entry of a transaction, storage as large as the JSON, the advanced tier. Both are guesses at how it counts; its own import, export and NLP are not in the workloads.`;
}

function priceList(): string {
  const perMillion = (price: number): string => dollars(price * million, 3);
  return `## Prices used

${region}, ${pricesAsOf}, first tier of use. Verify before quoting.

${table(['What', 'Price'], [
    ['DynamoDB on demand, a million read units / write units', `${perMillion(dynamodb.perReadUnit)} / ${perMillion(dynamodb.perWriteUnit)}`],
    ['DynamoDB storage / point-in-time recovery, a GB and month', `${dollars(dynamodb.perStoredGbMonth)} / ${dollars(dynamodb.perRecoverableGbMonth)}`],
    ['Lambda on ARM, a million GB-seconds / requests', `${perMillion(lambda.perGbSecond)} / ${perMillion(lambda.perRequest)}`],
    ['API Gateway REST, a million requests', perMillion(apiGateway.perRequest)],
    ['KMS, a key and month / 10,000 calls', `${dollars(kms.perKeyMonth)} / ${dollars(kms.perCall * 10_000)}`],
    ['CloudWatch, a metric of an alarm / a dashboard / a detailed metric, a month', [cloudWatch.perAlarmMetricMonth, cloudWatch.perDashboardMonth, cloudWatch.perDetailedMetricMonth].map((price) => dollars(price)).join(' / ')],
    ['CloudWatch logs, a GB', dollars(cloudWatch.perLoggedGb)],
    ['SQS, a million requests', perMillion(sqs.perRequest)],
    ['Step Functions, a million transitions / express runs / GB-seconds of express runs', [stepFunctions.perTransition, stepFunctions.perExpressRun, stepFunctions.perExpressGbSecond].map(perMillion).join(' / ')],
    ['S3, a GB and month / a million writes and listings / reads', `${dollars(s3.perGbMonth, 3)} / ${perMillion(s3.perPut)} / ${perMillion(s3.perGet)}`],
  ])}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_cell, index) => (index === 0 ? '---' : '---:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

function dollars(amount: number, digits = 2): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

function decimal(amount: number): string {
  return amount.toFixed(1).replace(/\.0$/, '');
}
