/** The text of `widget.min.js`, for a server that serves it. */
export declare const source: string;
/** Changes with the text: 16 characters of its SHA-256 in base64url, for an `ETag` or a file name. */
export declare const hash: string;
