/** Takes contents of Binaries that are too large for memory, for one data store: as the body of a write, or ahead of one. */
import type { IncomingMessage } from 'node:http';
import { badRequest } from '../fhir/outcome.ts';
import { maxBinaryBytes, maxDataBytes } from '../operations/binary/binary-limits.ts';
import { openTicket } from '../operations/binary/upload.ts';
import type { OperationResponse, SentContent } from '../operations/operation.ts';
import { maxResourceBytes } from '../operations/table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Sealer } from '../store/data-store.ts';
import type { DirectoryContents } from './directory-contents.ts';
import { bodyPieces, hasBody, readBytes } from './request-body.ts';
import type { BodyLimits } from './request-body.ts';

export interface UploadDesk {
  /** The body of a write, `undefined` when there is none. @throws FhirError as `readBytes` */
  contentOf(request: IncomingMessage, limits: Omit<BodyLimits, 'maxBytes'>): Promise<SentContent | undefined>;
  /** What a client puts where it was invited to. @throws FhirError 400 when it is not what was announced */
  take(token: string, request: IncomingMessage, invite: () => void): Promise<OperationResponse>;
}

export interface UploadDeskDependencies {
  readonly contents: DirectoryContents;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
}

export function uploadDesk({ contents, sealer, clock, ids }: UploadDeskDependencies): UploadDesk {
  return {
    async contentOf(request, limits) {
      if (!hasBody(request)) return undefined;
      const { 'content-length': declared, 'content-encoding': coding = 'identity' } = request.headers;
      if (declared !== undefined && Number(declared) <= maxResourceBytes && coding === 'identity') {
        const bytes = await readBytes(request, { ...limits, maxBytes: maxResourceBytes });
        return bytes && { bytes };
      }
      const upload = ids.uuid();
      const digest = await contents.receive(upload, bodyPieces(request, { ...limits, maxBytes: maxBinaryBytes }));
      if (digest!.sizeBytes > maxDataBytes) return { upload, digest: digest! };
      limits.share.grow(digest!.sizeBytes);
      return { bytes: await contents.takeBytes(upload, digest!) };
    },
    async take(token, request, invite) {
      const { upload, digest } = openTicket(token, { sealer, clock });
      const received = await contents.receive(upload, bodyPieces(request, { maxBytes: digest.sizeBytes, invite }), digest);
      if (received === undefined) throw badRequest('This is not the content that Upload-Length and Repr-Digest announced. Put it again.');
      return { status: 200, headers: {} };
    },
  };
}
