/** The layer with DuckDB (scripts/duckdb-layer.ts): one a stack, whatever number of functions take it. */
import { Stack } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { duckdbLayerFolder } from './bundle-folder.ts';

const id = 'duckdb-layer';

export function duckdbLayer(scope: Construct): ILayerVersion {
  const stack = Stack.of(scope);
  const made = stack.node.tryFindChild(id) as LayerVersion | undefined;
  return made ?? new LayerVersion(stack, id, {
    code: Code.fromAsset(duckdbLayerFolder),
    compatibleArchitectures: [Architecture.X86_64],
    compatibleRuntimes: [Runtime.NODEJS_24_X],
    description: 'DuckDB, which writes and reads Parquet',
    license: 'MIT',
  });
}
