/** `caldera import`: files of a bucket, or of a directory that the server has as one, by HealthLake's StartFHIRImportJob. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bucketOption, bucketUri, localPath, mountsOf } from '../bucket-path.ts';
import type { Call, Command } from '../command.ts';
import { clientToken } from '../control.ts';
import { isLoopbackEndpoint } from '../endpoint.ts';
import { WrongUse } from '../failure.ts';
import { concluded, endedJob, outputUri } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { cell, tableText } from '../table-text.ts';
import { timeoutOption } from '../waiting.ts';

const levels = ['strict', 'structure-only', 'minimal'];
/** What the API asks for and a server of this machine does not use. */
const anyRole = 'arn:aws:iam::000000000000:role/any';
const anyKey = 'alias/any';
/** Kinds of reasons that are told; the outputs have all. */
const maxReasons = 8;

/** Who reads and writes the buckets. @throws WrongUse where nobody is named */
async function access({ options, endpoint }: Call): Promise<{ readonly role: string; readonly key: string }> {
  const [role, key] = [options.text('role'), options.text('kms-key')];
  if (role !== undefined && key !== undefined) return { role, key };
  if (!isLoopbackEndpoint((await endpoint()).url)) throw new WrongUse('On AWS an import takes --role, which reads the input and writes the output, and --kms-key, which the output is encrypted with.');
  return { role: role ?? anyRole, key: key ?? anyKey };
}

const importFiles: Command = {
  name: 'import',
  words: 'SOURCE',
  count: [1, 1],
  says: 'Import files of NDJSON and Bundles in bulk.',
  options: {
    wait: { says: 'wait for the end, and say how far it is' },
    timeout: timeoutOption,
    level: { value: 'LEVEL', says: `what a resource must satisfy: ${levels.join(', ')}; strict unless given` },
    output: { value: 'S3URI', says: 'where what became of each line is told; import-outputs/ in the bucket unless given' },
    bucket: bucketOption,
    provenance: { says: 'have Provenance resources tell where what is imported came from' },
    'keep-versions': { says: 'begin the versions of what is new with the number in its meta.versionId' },
    name: { value: 'NAME', says: 'a name for the job' },
    role: { value: 'ARN', says: 'on AWS, the role that reads the input and writes the output' },
    'kms-key': { value: 'ID', says: 'on AWS, the key that the output is encrypted with' },
    'client-token': { value: 'TOKEN', says: 'the same token again means the same job' },
  },
  details: 'SOURCE is s3://bucket/prefix, all whose files are imported, or a file or directory of this machine that lies in a bucket of the server. With --wait the exit code is 0 when every line was imported; Ctrl-C stops the waiting, not the work.',
  examples: ['import s3://lake/2026/ --wait', 'import data/buckets/caldera/2026/ --wait', 'import /data/lake/patients.ndjson --bucket lake=/data/lake --level structure-only --wait --json'],
  async run(call) {
    const { words: [source = ''], options, json, terminal } = call;
    const level = options.text('level') ?? 'strict';
    if (!levels.includes(level)) throw new WrongUse(`--level is one of ${levels.join(', ')}.`);
    const mounts = await mountsOf(options);
    const input = await bucketUri(source, mounts);
    const { role, key } = await access(call);
    const datastore = await call.datastore();
    const begun = await (await call.control()).call('StartFHIRImportJob', {
      DatastoreId: datastore,
      InputDataConfig: { S3Uri: input },
      JobOutputDataConfig: { S3Configuration: { S3Uri: options.text('output') ?? `${/^s3:\/\/[^/]*/.exec(input)![0]}/import-outputs/`, KmsKeyId: key } },
      DataAccessRoleArn: role,
      ValidationLevel: level,
      ProvenanceEnabled: options.flag('provenance') ? true : undefined,
      KeepVersions: options.flag('keep-versions') ? true : undefined,
      JobName: options.text('name'),
      ClientToken: options.text('client-token') ?? clientToken(),
    });
    const id = cell(begun['JobId']);
    if (!options.flag('wait')) return await terminal.print(json ? `${JSON.stringify(begun, undefined, 2)}\n` : `${id}\n`);
    const job = await endedJob({ id, kinds: ['import'], datastore }, call);
    call.progress.end();
    if (!json) await tellReasons(job, mounts, call);
    await concluded(job, call);
  },
};

/** Why lines failed, the commonest reasons first, where the outputs lie on this machine. */
async function tellReasons(job: Job, mounts: ReadonlyMap<string, string>, { terminal }: Call): Promise<void> {
  const outputs = outputUri(job);
  const folder = outputs === undefined ? undefined : localPath(`${outputs}FAILURE/`, mounts);
  if (folder === undefined) return;
  const counts = new Map<string, number>();
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const file of files.filter((entry) => entry.isFile())) {
    for await (const line of createInterface({ input: createReadStream(join(file.parentPath, file.name)) })) {
      const reason = reasonOf(line);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  const commonest = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, maxReasons);
  if (commonest.length > 0) terminal.tell(tableText(['LINES', 'NOT IMPORTED BECAUSE'], commonest.map(([reason, count]) => [String(count), reason])).trimEnd());
}

interface Outcome {
  readonly UpdateResourceResponse?: { readonly jsonBlob?: { readonly issue?: readonly { readonly diagnostics?: string; readonly expression?: readonly string[] }[] } };
}

function reasonOf(line: string): string {
  try {
    const [issue] = (JSON.parse(line) as Outcome).UpdateResourceResponse?.jsonBlob?.issue ?? [];
    return `${issue?.diagnostics ?? 'no reason was given'}${issue?.expression === undefined ? '' : ` (${issue.expression[0]})`}`;
  } catch {
    return 'no reason was given';
  }
}

export const importCommands: readonly Command[] = [importFiles];
