/** `caldera sign-proxy`: lets programs that sign for HealthLake, or not at all, speak to a deployed Caldera. */
import type { Command } from '../command.ts';
import { WrongUse } from '../failure.ts';
import { signingProxy } from '../signing-proxy.ts';

const defaultPort = 8089;

const signProxy: Command = {
  name: 'sign-proxy',
  says: 'Listen on this machine, sign what comes, and pass it on to the endpoint; for the AWS CLI and boto3.',
  options: { port: { value: 'PORT', says: `where to listen (${defaultPort} unless given; 0 takes any that is free)` } },
  details:
    'AWS tools sign for the service healthlake; an API Gateway wants execute-api. The proxy replaces their signature by one with the credentials of this command. While it runs, every program on this machine that reaches the port acts under them: stop it with Ctrl-C when you are done.',
  examples: ['sign-proxy --profile cloud', 'sign-proxy --endpoint https://abc123.execute-api.eu-west-1.amazonaws.com/v1 --port 8089'],
  async run({ options, terminal, progress, endpoint }) {
    const { url, signing } = await endpoint();
    if (signing === undefined) throw new WrongUse('This endpoint wants no signature: give it to your program directly. Where it does, say --region.');
    const server = await signingProxy({ url, signing, port: options.number('port', { least: 0, most: 65_535 }) ?? defaultPort });
    progress.end();
    await terminal.print(`http://127.0.0.1:${server.port}\n`);
    terminal.tell(`Signing for ${url} in ${signing.region}. Try: aws healthlake list-fhir-datastores --endpoint-url http://127.0.0.1:${server.port}`);
    await server.ended;
  },
};

export const signProxyCommands: readonly Command[] = [signProxy];
