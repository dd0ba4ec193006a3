/** A domain of one's own before the interface; where its name leads is set in DNS by whoever owns the zone. */
import { CfnOutput } from 'aws-cdk-lib';
import { EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import type { Domain } from '../kit/settings.ts';

export function addDomain(scope: Construct, api: SpecRestApi, { name, certificateArn }: Domain): void {
  const domain = api.addDomainName('domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, 'certificate', certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new CfnOutput(scope, 'DomainTarget', { value: domain.domainNameAliasDomainName, description: `What a CNAME or alias record of ${name} points at` });
}
