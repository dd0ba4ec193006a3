import { localEngine } from '../../src/clinical-text/engine.ts';
import { clinicalNlpContract } from '../contracts/clinical-nlp.contract.ts';

clinicalNlpContract('localEngine', localEngine());
