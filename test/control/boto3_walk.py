"""Walks HealthLake's API with boto3, whose model has the newer operations. Prints nothing when all is as it should be."""
import datetime
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

ENDPOINT = os.environ['CALDERA_ENDPOINT']
client = boto3.client('healthlake', endpoint_url=ENDPOINT, region_name=os.environ['CALDERA_REGION'],
                      aws_access_key_id=os.environ['CALDERA_KEY'], aws_secret_access_key=os.environ['CALDERA_SECRET'],
                      config=Config(inject_host_prefix=False, retries={'total_max_attempts': 1}))
if os.environ.get('CALDERA_SIGNING_NAME'):
    def sign_for(request, **_):
        request.context.setdefault('signing', {})['signing_name'] = os.environ['CALDERA_SIGNING_NAME']
    client.meta.events.register('before-sign.healthlake', sign_for)

QUICK = {'Delay': 0.1, 'MaxAttempts': 900}


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response['Error']['Code'] == code, error
        assert error.response['Error']['Message'], error
        return error
    raise AssertionError(f'{call} was answered, {code} was expected')


def properties(store):
    return client.describe_fhir_datastore(DatastoreId=store)['DatastoreProperties']


def active(store):
    client.get_waiter('fhir_datastore_active').wait(DatastoreId=store, WaiterConfig=QUICK)
    return properties(store)


def deleted(store):
    client.delete_fhir_datastore(DatastoreId=store)
    client.get_waiter('fhir_datastore_deleted').wait(DatastoreId=store, WaiterConfig=QUICK)


made = client.create_fhir_datastore(
    DatastoreTypeVersion='R4', DatastoreName='boto3', Tags=[{'Key': 'team', 'Value': 'cardiology'}],
    SseConfiguration={'KmsEncryptionConfig': {'CmkType': 'AWS_OWNED_KMS_KEY'}},
    IdentityProviderConfiguration={'AuthorizationStrategy': 'AWS_AUTH'},
    AnalyticsConfiguration={'Status': 'ENABLED'}, NlpConfiguration={'Status': 'DISABLED'},
    ProfileConfiguration={'DefaultProfiles': ['us-core-3.1.1']},
    BackupConfiguration={'Status': 'ENABLED', 'BackupType': 'CONTINUOUS', 'RetentionPeriodInDays': 5})
store = made['DatastoreId']
assert made['DatastoreStatus'] == 'CREATING'
found = active(store)
assert isinstance(found['CreatedAt'], datetime.datetime), found
assert found['ProfileConfiguration'] == {'DefaultProfiles': ['us-core-3.1.1']}, found
assert found['AnalyticsConfiguration'] == {'Status': 'ENABLED'}, found
backup = found['BackupStatusInfo']
assert backup['Configuration']['RetentionPeriodInDays'] == 5, backup

updated = client.update_fhir_datastore(DatastoreId=store, DatastoreName='renamed', ProfileConfiguration={'DefaultProfiles': []})
assert updated['DatastoreProperties']['DatastoreName'] == 'renamed', updated
assert updated['DatastoreProperties']['DatastoreStatus'] == 'ACTIVE', updated
updated = client.update_fhir_datastore(DatastoreId=store, NlpConfiguration={'Status': 'ENABLED'}, AnalyticsConfiguration={'Status': 'PAUSED'})
assert updated['DatastoreProperties']['NlpConfiguration']['Status'] in ('ENABLING', 'ENABLED'), updated
found = active(store)
assert (found['NlpConfiguration'], found['AnalyticsConfiguration']) == ({'Status': 'ENABLED'}, {'Status': 'PAUSED'}), found

arn = found['DatastoreArn']
client.tag_resource(ResourceARN=arn, Tags=[{'Key': 'stage', 'Value': 'test'}])
client.untag_resource(ResourceARN=arn, TagKeys=['team'])
assert client.list_tags_for_resource(ResourceARN=arn)['Tags'] == [{'Key': 'stage', 'Value': 'test'}]
listed, token = [], {}
while token is not None:
    page = client.list_fhir_datastores(Filter={'DatastoreStatus': 'ACTIVE'}, MaxResults=1, **token)
    listed += [one['DatastoreId'] for one in page['DatastorePropertiesList']]
    token = {'NextToken': page['NextToken']} if 'NextToken' in page else None
assert store in listed, listed

if os.environ.get('CALDERA_RESTORES'):
    moment = found['BackupStatusInfo']['LatestRestorePoint']
    restored = client.restore_fhir_datastore(
        SourceDatastoreId=store, DatastoreName='restored',
        RestoreConfiguration={'ContinuousBackupRestoreConfiguration': {'RestorePointTime': moment}})['DatastoreId']
    assert active(restored)['DatastoreName'] == 'restored'
    deleted(restored)
refused('ValidationException', client.restore_fhir_datastore, SourceDatastoreId=store,
        RestoreConfiguration={'ContinuousBackupRestoreConfiguration': {'RestorePointTime': datetime.datetime(2000, 1, 1)}})

place = os.environ['CALDERA_PLACE']
output = {'S3Configuration': {'S3Uri': place, 'KmsKeyId': 'alias/key'}}
job = client.start_fhir_export_job(
    DatastoreId=store, JobName='boto3', OutputDataConfig=output, DataAccessRoleArn='arn:aws:iam::123456789012:role/x')['JobId']
client.get_waiter('fhir_export_job_completed').wait(DatastoreId=store, JobId=job, WaiterConfig=QUICK)
exported = client.describe_fhir_export_job(DatastoreId=store, JobId=job)['ExportJobProperties']
assert (exported['JobName'], exported['JobStatus']) == ('boto3', 'COMPLETED'), exported
found = client.list_fhir_export_jobs(DatastoreId=store, JobStatus='COMPLETED')['ExportJobPropertiesList']
assert [one['JobId'] for one in found] == [job], found
job = client.start_fhir_import_job(
    DatastoreId=store, InputDataConfig={'S3Uri': place + '/nothing-here'}, JobOutputDataConfig=output, ValidationLevel='strict',
    DataAccessRoleArn='arn:aws:iam::123456789012:role/x')['JobId']
try:
    client.get_waiter('fhir_import_job_completed').wait(DatastoreId=store, JobId=job, WaiterConfig=QUICK)
    raise AssertionError('an import of nothing was completed')
except WaiterError:
    pass
imported = client.describe_fhir_import_job(DatastoreId=store, JobId=job)['ImportJobProperties']
assert (imported['JobStatus'], imported['ValidationLevel']) == ('FAILED', 'strict') and imported['Message'], imported
refused('ResourceNotFoundException', client.describe_fhir_export_job, DatastoreId=store, JobId='0' * 32)
refused('ResourceNotFoundException', client.describe_fhir_datastore, DatastoreId='0' * 32)
refused('ValidationException', client.create_fhir_datastore, DatastoreTypeVersion='R5')
refused('ValidationException', client.create_fhir_datastore, DatastoreTypeVersion='R4', AnalyticsConfiguration={'Status': 'DISABLED'})
refused('UnknownOperationException', client.list_data_transformation_profiles, SourceFormat='CCDA')
client.tag_resource(ResourceARN=arn, Tags=[{'Key': 'caldera:protected', 'Value': 'true'}])
refused('ConflictException', client.delete_fhir_datastore, DatastoreId=store)
client.untag_resource(ResourceARN=arn, TagKeys=['caldera:protected'])
deleted(store)
assert properties(store)['DatastoreStatus'] == 'DELETED'
