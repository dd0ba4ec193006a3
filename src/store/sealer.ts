/**
 * Opaque, authenticated tokens for URLs: AES-256-GCM under a key derived from the store's secret. The nonce is
 * derived from the text (as in RFC 8452's synthetic IV), so that no randomness is needed and no nonce meets two texts.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Sealer } from './data-store.ts';

const nonceBytes = 12;
const tagBytes = 16;

export function sealer(secret: Uint8Array): Sealer {
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  const encryptionKey = derive('caldera token encryption');
  const nonceKey = derive('caldera token nonce');
  return {
    seal(text) {
      const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
    },
    unseal(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', encryptionKey, bytes.subarray(0, nonceBytes));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
