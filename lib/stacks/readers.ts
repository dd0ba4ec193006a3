/** Who else reads lakes, where the context names anyone: other services of the account, and other accounts. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { lakeReader } from '../analytics/readers.ts';
import type { Settings } from '../kit/settings.ts';

export class ReadersStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'readers', { stackName: `${settings.name}-readers`, description: 'Caldera: who else reads lakes' });
    for (const reader of settings.readers) lakeReader(this, reader, settings);
  }
}
