/** What every runtime promises of contents that are too large for a resource, as one suite. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContentDigest, Downloads, Invitation, Offer, Uploads } from '../../src/ports/contents.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';

export interface ContentsUnderTest {
  readonly contents: Uploads & Downloads;
  readonly objects: ObjectStore;
  /** As a client does. @returns whether the bytes were taken */
  send(invitation: Invitation, bytes: Uint8Array<ArrayBuffer>, upload: string): Promise<boolean>;
  /** As a client does, or on behalf of one. */
  fetched(offer: Offer, range?: { readonly first: number; readonly last: number }): Promise<Buffer | undefined>;
  close?(): Promise<void>;
}

export function digestOf(bytes: Uint8Array): ContentDigest {
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('base64') };
}

const presentation = { method: 'GET', contentType: 'image/png', disposition: 'attachment' } as const;

export function contentsContract(name: string, make: () => Promise<ContentsUnderTest>): void {
  describe(`${name} for contents`, () => {
    let made: ContentsUnderTest;
    beforeAll(async () => void (made = await make()));
    afterAll(async () => made?.close?.());

    const invited = async (bytes: Uint8Array): Promise<{ upload: string; invitation: Invitation }> => {
      const upload = randomUUID();
      return { upload, invitation: await made.contents.invite({ upload, digest: digestOf(bytes), ownUrl: `http://here/${upload}` }) };
    };
    const bytes = new Uint8Array(3_000_000).map((_, index) => index * 17);

    test('what was uploaded as announced is kept, and handed out whole and in parts', async () => {
      const { upload, invitation } = await invited(bytes);
      expect(await made.send(invitation, bytes, upload)).toBe(true);
      expect(await made.contents.keep(upload, digestOf(bytes), 'contents/one')).toBe('kept');
      expect(Buffer.from((await made.objects.get('contents/one'))!).equals(bytes)).toBe(true);
      const offer = await made.contents.offer('contents/one', presentation);
      expect((await made.fetched(offer))!.equals(bytes)).toBe(true);
      expect([...(await made.fetched(offer, { first: 1000, last: 1003 }))!]).toEqual([...bytes.subarray(1000, 1004)]);
    });

    test('keeping twice, and under two keys, changes nothing', async () => {
      const { upload, invitation } = await invited(bytes);
      await made.send(invitation, bytes, upload);
      for (const key of ['contents/a', 'contents/a', 'contents/b']) expect(await made.contents.keep(upload, digestOf(bytes), key)).toBe('kept');
      await made.objects.delete('contents/a');
      expect(await made.objects.get('contents/a')).toBeUndefined();
      expect((await made.objects.get('contents/b'))!.length).toBe(bytes.length);
    });

    test('an upload is no object, and what never came is missing', async () => {
      const { upload, invitation } = await invited(bytes);
      expect(await made.contents.keep(upload, digestOf(bytes), 'contents/none')).toBe('missing');
      await made.send(invitation, bytes, upload);
      expect((await made.objects.list({ prefix: '', limit: 100 })).keys.some((key) => key.includes(upload))).toBe(false);
      expect(await made.objects.get('contents/none')).toBeUndefined();
    });

    test('other bytes than were announced are never kept', async () => {
      const { upload, invitation } = await invited(bytes);
      await made.send(invitation, bytes.map((each) => each + 1), upload);
      expect(await made.contents.keep(upload, digestOf(bytes), 'contents/other')).not.toBe('kept');
      expect(await made.objects.get('contents/other')).toBeUndefined();
    });

    test('an upload that is sent again after it was kept changes nothing of what is kept', async () => {
      const { upload, invitation } = await invited(bytes);
      await made.send(invitation, bytes, upload);
      await made.contents.keep(upload, digestOf(bytes), 'contents/fixed');
      await made.send(invitation, new Uint8Array(10), upload);
      expect(Buffer.from((await made.objects.get('contents/fixed'))!).equals(bytes)).toBe(true);
    });

    test('an object that is gone has nothing to hand out', async () => {
      expect(await made.fetched(await made.contents.offer('contents/never', presentation))).toBeUndefined();
    });

    test.each(['../x', 'a/../b', ''])('the name %j is refused', async (hostile) => {
      await expect(made.contents.keep(hostile, digestOf(bytes), 'contents/x')).rejects.toThrow(RangeError);
      await expect(made.contents.keep('x', digestOf(bytes), hostile)).rejects.toThrow(RangeError);
      await expect(made.contents.offer(hostile, presentation)).rejects.toThrow(RangeError);
    });
  });
}
