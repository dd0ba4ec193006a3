/** The statements of roles that read notes, and have them read. */
import type { EnrichmentWorkflowGrant, EnrichWorkflowGrant, Grant, ReadNotesGrant } from '../../src/aws/functions.ts';
import { enrichmentWorkflowName, enrichWorkflowName } from '../../src/aws/names.ts';
import { runArn, workflowArn } from './arns.ts';
import { allow } from './role-statement.ts';
import type { RoleStatement } from './role-statement.ts';

export type EnrichmentGrant = ReadNotesGrant | EnrichmentWorkflowGrant | EnrichWorkflowGrant;

export function isEnrichmentGrant(grant: Grant): grant is EnrichmentGrant {
  return 'readNotes' in grant || 'enrichmentWorkflow' in grant || 'enrichWorkflow' in grant;
}

export function enrichmentStatements(deployment: string, grant: EnrichmentGrant): readonly RoleStatement[] {
  // The service has no resources to name.
  if ('readNotes' in grant) return [allow('ReadNotes', grant.readNotes.map((call) => `comprehendmedical:${call}`), '*')];
  if ('enrichmentWorkflow' in grant) return [allow('RunEnrichment', grant.enrichmentWorkflow.map((call) => `states:${call}`), workflowArn(enrichmentWorkflowName(deployment)))];
  const name = enrichWorkflowName(deployment);
  const follows = grant.enrichWorkflow.includes('DescribeExecution') ? [allow('FollowEnrich', ['states:DescribeExecution'], runArn(name))] : [];
  return [...(grant.enrichWorkflow.includes('StartExecution') ? [allow('StartEnrich', ['states:StartExecution'], workflowArn(name))] : []), ...follows];
}
