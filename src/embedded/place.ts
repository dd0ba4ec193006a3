/** Where the embedded platform is, in ARNs: this machine is in no region and no account of AWS's. */
import type { Place } from '../operations/control/control-operation.ts';

export const place: Place = { partition: 'aws', region: 'local', account: '000000000000' };
