/** Amazon Comprehend Medical (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_Operations.html), which has no resources: the local engine answers in its shapes. */
import { localEngine } from '../../../src/clinical-text/engine.ts';
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Service } from './service.ts';

export function comprehendMedical(): Service {
  const engine = localEngine();
  const operations: Readonly<Record<string, (text: string) => Promise<object>>> = {
    DetectEntitiesV2: engine.detectEntities, InferICD10CM: engine.inferIcd10Cm, InferRxNorm: engine.inferRxNorm, InferSNOMEDCT: engine.inferSnomedCt, DetectPHI: engine.detectPhi,
  };
  return {
    accesses: (request) => [{ action: `comprehendmedical:${jsonCall(request).operation}`, resource: '*' }],
    async answer(request) {
      const { operation, input } = jsonCall(request);
      const read = operations[operation];
      if (read === undefined) throw unknownOperation('comprehendmedical', operation);
      return jsonAnswer(await read(input.Text as string));
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}
