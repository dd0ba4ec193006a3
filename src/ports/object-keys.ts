/** The keys every `ObjectStore` takes, checked in one place so that no key means something else to a file system. */

/** S3's limit (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
export const maxObjectKeyBytes = 1024;
/** A file name's limit on every common file system. */
export const maxObjectKeySegmentBytes = 255;

const segmentPattern = /^[A-Za-z0-9._=-]+$/;
const prefixPattern = /^[A-Za-z0-9._=/-]*$/;

/** @throws RangeError unless the key is `/`-separated segments of `[A-Za-z0-9._=-]`, none of them `.` or `..`. */
export function checkObjectKey(key: string): void {
  if (key.length > maxObjectKeyBytes || !key.split('/').every(isObjectKeySegment)) {
    throw new RangeError('An object key must be segments of A-Z, a-z, 0-9, ".", "_", "=" and "-" with "/" between them.');
  }
}

export function isObjectKeySegment(segment: string): boolean {
  return segmentPattern.test(segment) && segment !== '.' && segment !== '..' && segment.length <= maxObjectKeySegmentBytes;
}

/** @throws RangeError when no key can begin so. */
export function checkObjectPrefix(prefix: string): void {
  if (prefix.length > maxObjectKeyBytes || !prefixPattern.test(prefix)) throw new RangeError('No object key begins like this prefix.');
}
