/** Whose events the platform's are, in EventBridge's sense: HealthLake's `aws.healthlake` is AWS's own to use. */
export const eventSource = 'caldera.healthlake';
