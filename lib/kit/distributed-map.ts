/**
 * The one way to make a Distributed Map: a run of its own for each item of a list that a step before has laid into S3, or
 * answered where it is short (https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html).
 *
 * A list in S3 is a JSON array, and the step has answered its `bucket` and `key`. Children are runs of the standard kind, which
 * have no bound of five minutes. The machine's role is granted to start them (state-machine.ts); reading the list is among
 * the `grants` of its spec. Together the children's answers must not have more than 256 KiB: a child ends in a Succeed
 * with `OutputPath: null`, which answers `{}`, and a list has up to some 10,000 items. The harness runs all of it as it is
 * deployed (test/deployment/distributed-map.ts).
 */
import type { Definition, State } from './state.ts';

/** Where in the state's input the list is itself, or the step's answer with its `bucket` and `key`, as `$.plan`. */
type Items = { readonly listPath: string } | { readonly itemsPath: string };
/** How many children may run at a time, or where in the state's input it says so. */
type Concurrency = { readonly concurrency: number } | { readonly concurrencyPath: string };

export type DistributedMapSpec = Items & Concurrency & {
  /** Of its runs among those of the machine, in up to 40 characters. */
  readonly label: string;
  /** What a child begins with; `$$.Map.Item.Value` is its item. */
  readonly childInput: Readonly<Record<`${string}.$`, string>>;
  /** Of children that may fail without failing the state, in percent. */
  readonly toleratedFailurePercentage: number;
  readonly each: Pick<Definition, 'StartAt' | 'States'>;
};

/** @param flow what comes of it: `Next`, `Retry`, `Catch` */
export function distributedMap(spec: DistributedMapSpec, flow: Readonly<Record<string, unknown>>): State {
  const { label, childInput, toleratedFailurePercentage, each } = spec;
  return {
    Type: 'Map',
    Label: label,
    ...('listPath' in spec ? { ItemsPath: spec.listPath } : itemsInS3(spec.itemsPath)),
    ItemSelector: childInput,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...each },
    ...('concurrency' in spec ? { MaxConcurrency: spec.concurrency } : { MaxConcurrencyPath: spec.concurrencyPath }),
    ToleratedFailurePercentage: toleratedFailurePercentage,
    ResultPath: null,
    ...flow,
  };
}

function itemsInS3(path: string): object {
  return {
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { 'Bucket.$': `${path}.bucket`, 'Key.$': `${path}.key` },
    },
  };
}

export function isDistributed({ ItemProcessor }: State): boolean {
  return (ItemProcessor as { readonly ProcessorConfig?: { readonly Mode?: string } } | undefined)?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}
