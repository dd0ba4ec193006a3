/**
 * The bucket of all data stores' objects: bodies too large for a row, asynchronous bundles and their results. Each
 * store has its prefix and encrypts under its own key; the bucket's default is the platform's.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { objectsBucketName } from '../kit/arns.ts';
import { analyticsRoot, bulkRoot, enrichmentRoot, sqlAnswersRoot, uploadsRoot } from '../../src/aws/names.ts';
import type { Settings } from '../kit/settings.ts';

/** As far back as DynamoDB restores a table, so that a restored version still finds its body. */
const recoverableDays = 35;

/** Within a day every upload is committed, or never; then the sooner it goes the better. */
const uploadLifeDays = 1;

/** Copies that bulk exports made: as soon as they are removed nobody needs them. */
const removedExportLifeDays = 1;

/** Whoever wants to keep an answer takes it away; the lake answers again. */
const answerLifeDays = 7;

/** Files of lakes are made again from the store, whose own past is kept. */
const removedLakeLifeDays = 1;

/** Notes are read within minutes; who is throttled for longer asks anew, and pays again. */
const noteLifeDays = 3;
/** What was read is in the store. */
const readNoteLifeDays = 1;

/** An upload in parts that has not ended by then was given up. */
const abandonedUploadDays = 1;

export function objectsBucket(scope: Construct, encryptionKey: IKey, { name, retain }: Settings): Bucket {
  return new Bucket(scope, 'objects', {
    bucketName: objectsBucketName(name),
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    lifecycleRules: [{
      id: 'recoverable-for-as-long-as-tables',
      noncurrentVersionExpiration: Duration.days(recoverableDays),
      abortIncompleteMultipartUploadAfter: Duration.days(abandonedUploadDays),
      expiredObjectDeleteMarker: true,
    }, {
      id: 'uploads-that-nobody-committed',
      prefix: uploadsRoot,
      expiration: Duration.days(uploadLifeDays),
      noncurrentVersionExpiration: Duration.days(uploadLifeDays),
    }, {
      id: 'bulk-files-that-were-removed',
      prefix: bulkRoot,
      noncurrentVersionExpiration: Duration.days(removedExportLifeDays),
      expiredObjectDeleteMarker: true,
    }, {
      id: 'answers-of-athena',
      prefix: sqlAnswersRoot,
      expiration: Duration.days(answerLifeDays),
      noncurrentVersionExpiration: Duration.days(removedLakeLifeDays),
    }, {
      id: 'files-of-lakes-that-were-removed',
      prefix: analyticsRoot,
      noncurrentVersionExpiration: Duration.days(removedLakeLifeDays),
      expiredObjectDeleteMarker: true,
    }, {
      id: 'notes-that-were-read',
      prefix: enrichmentRoot,
      expiration: Duration.days(noteLifeDays),
      noncurrentVersionExpiration: Duration.days(readNoteLifeDays),
    }],
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
