/**
 * What API Gateway and Lambda carry, and what follows from it for the server
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */

/** What the gateway takes of a request's body. */
export const maxGatewayRequestBytes = 10 * 1024 * 1024;

/** What Lambda takes of an event: the request as JSON text, its body in it. */
export const maxEventBytes = 6 * 1024 * 1024;

/** Request line and headers together; the gateway refuses more. */
export const maxGatewayHeaderBytes = 10_240;

/** Room in an event for everything but the body: each header and parameter stands there twice, escaped, with the context. */
const eventOverheadBytes = 128 * 1024;

/**
 * The most a body may have as it is sent. Every body comes as bytes, so that it may be compressed: in base64, four
 * characters for three. What is larger is sent with `Content-Encoding: gzip`; FHIR's JSON shrinks to a tenth.
 */
export const maxSentBodyBytes = Math.floor((maxEventBytes - eventOverheadBytes) / 4) * 3;

/** A bundle at once: what is larger takes too long for a gateway that waits 29 s, and is sent with `Prefer: respond-async`. */
export const maxBundleEntriesAtOnce = 1000;
export const maxBundleBytesAtOnce = 5 * 1024 * 1024;

/** The server answers by itself so long before it would be cut off. */
export const answerEarlyMs = 500;
