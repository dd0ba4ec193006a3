/** S3: its calls answered by an engine, its permissions by the caller's role and the bucket's policy. */
import { createHash } from 'node:crypto';
import { forwarded, unknownOperation } from './service.ts';
import type { Access, Service, ServiceAnswer, ServiceRequest } from './service.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const keyActions: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey'],
};

export function s3(world: World, engine: string): Service {
  const refused = (reason: string): ServiceAnswer => ({
    status: 403,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${reason}</Message></Error>`),
  });
  const objectKeys = new Map<string, string>();
  const keyOf = (request: ServiceRequest): string | undefined => {
    const { bucket } = targetOf(request);
    const begins = request.method === 'PUT' && !request.url.searchParams.has('uploadId');
    if (!begins && !request.url.searchParams.has('uploads')) return objectKeys.get(request.url.pathname);
    const named = request.headers['x-amz-server-side-encryption-aws-kms-key-id'];
    return named === undefined ? world.bucketKeys.get(bucket) : world.keys.find(named)?.arn;
  };
  const copyAccesses = (request: ServiceRequest): readonly Access[] => {
    const source = request.headers['x-amz-copy-source'];
    if (source === undefined) return [];
    const path = decodeURIComponent(source.replace(/^\//, ''));
    const key = objectKeys.get(`/${path}`);
    return [
      { action: 's3:GetObject', resource: `arn:aws:s3:::${path}` },
      ...(key === undefined ? [] : world.keys.uses(key, 's3', keyActions['s3:GetObject']!)),
    ];
  };
  return {
    accesses(request) {
      const own = accessesOf(request);
      const key = keyOf(request);
      return [
        ...copyAccesses(request),
        ...own, ...(key === undefined ? [] : own.flatMap(({ action }) => world.keys.uses(key, 's3', keyActions[action] ?? []))),
      ];
    },
    async answer(request, { may }) {
      const unfit = presignedRefusal(request);
      if (unfit !== undefined) return refused(unfit);
      const { bucket } = targetOf(request);
      const key = keyOf(request);
      const answer = overridden(await forwarded(engine, request), request);
      if (request.method !== 'GET' && request.method !== 'HEAD' && answer.status === 200 && key !== undefined) objectKeys.set(request.url.pathname, key);
      const reading = request.method === 'GET' || request.method === 'HEAD';
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: who may not list is not told what is missing.
      const hidden = reading && answer.status === 404 && !may({ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` });
      return hidden ? refused('Access Denied') : answer;
    },
    denied: refused,
  };
}

/**
 * What S3 refuses of a presigned URL, but for a wrong signature: that is between SDK and S3
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html). Bytes are held against their checksum.
 */
function presignedRefusal({ headers, url: { searchParams }, method, body }: ServiceRequest): string | undefined {
  const checksum = headers['x-amz-checksum-sha256'];
  if (method === 'PUT' && checksum !== undefined && checksum !== createHash('sha256').update(body).digest('base64')) return 'BadDigest';
  const signed = searchParams.get('X-Amz-SignedHeaders');
  if (signed === null) return undefined;
  if (headers['authorization'] !== undefined) return 'Only one auth mechanism allowed';
  const missing = signed.split(';').find((name) => headers[name] === undefined);
  if (missing !== undefined) return `The signed header ${missing} was not sent`;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date') ?? '')!.map(Number);
  const begun = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return Date.now() > begun + Number(searchParams.get('X-Amz-Expires')) * 1000 ? 'Request has expired' : undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: headers that a signed request fixes for its answer. */
function overridden(answer: ServiceAnswer, { url: { searchParams } }: ServiceRequest): ServiceAnswer {
  const headers = [...searchParams].filter(([name]) => name.startsWith('response-')).map(([name, value]) => [name.slice('response-'.length), value] as const);
  return answer.status < 300 ? { ...answer, headers: { ...answer.headers, ...Object.fromEntries(headers) } } : answer;
}

function targetOf({ url }: ServiceRequest): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', ...key] = url.pathname.split('/');
  return { bucket, key: decodeURIComponent(key.join('/')) };
}

function accessesOf(request: ServiceRequest): readonly Access[] {
  const { method, url: { searchParams }, body } = request;
  const { bucket, key } = targetOf(request);
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const object = (action: string): readonly Access[] => [{ action, resource: `${bucketArn}/${key}` }];
  if (key === '') {
    const context = { 's3:prefix': searchParams.get('prefix') ?? '', 's3:max-keys': searchParams.get('max-keys') ?? '1000' };
    if (method === 'GET' && searchParams.has('versions')) return [{ action: 's3:ListBucketVersions', resource: bucketArn, context }];
    if (method === 'GET' && searchParams.has('list-type')) return [{ action: 's3:ListBucket', resource: bucketArn, context }];
    if (method === 'HEAD') return [{ action: 's3:ListBucket', resource: bucketArn }];
    if (method === 'POST' && searchParams.has('delete')) return deletions(bucketArn, body.toString());
    throw unknownOperation('s3', `${method} bucket${request.url.search}`);
  }
  if ((method === 'GET' || method === 'HEAD') && !searchParams.has('versionId')) return object('s3:GetObject');
  // An upload in parts: begun, sent, ended, given up (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html).
  const isPart = searchParams.has('uploads') || searchParams.has('uploadId');
  if (method === 'PUT' || (method === 'POST' && isPart)) return object('s3:PutObject');
  if (method === 'DELETE' && isPart) return object('s3:AbortMultipartUpload');
  if (method === 'DELETE') return object(searchParams.has('versionId') ? 's3:DeleteObjectVersion' : 's3:DeleteObject');
  throw unknownOperation('s3', `${method} object${request.url.search}`);
}

function deletions(bucketArn: string, xml: string): readonly Access[] {
  return [...xml.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = '']) => {
    const key = /<Key>(.*?)<\/Key>/s.exec(object)![1]!;
    return { action: object.includes('<VersionId>') ? 's3:DeleteObjectVersion' : 's3:DeleteObject', resource: `${bucketArn}/${key}` };
  });
}
