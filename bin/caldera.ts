/** The deployment: what the context asks for (lib/kit/settings.ts), as stacks. `npm run synth` writes them to cdk.out. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { HIPAASecurityChecks } from 'cdk-nag';
import { settings } from '../lib/kit/settings.ts';
import { BaseStack } from '../lib/stacks/base.ts';
import { JobsStack } from '../lib/stacks/jobs.ts';
import { ReadersStack } from '../lib/stacks/readers.ts';
import { RestStack } from '../lib/stacks/rest.ts';

const app = new App({ analyticsReporting: false });
const chosen = settings(app.node);
const base = new BaseStack(app, chosen);
new JobsStack(app, chosen, base);
new RestStack(app, chosen, base);
if (chosen.readers.length > 0) new ReadersStack(app, chosen);

Tags.of(app).add('application', 'caldera');
Tags.of(app).add('caldera:deployment', chosen.name);
// A finding without an acknowledgement and its reason (lib/checks/acknowledged.ts) stops the synthesis.
Validations.of(app).addPlugins(new HIPAASecurityChecks(app));
app.synth();
