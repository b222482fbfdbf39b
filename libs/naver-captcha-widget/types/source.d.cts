/** The text of `widget.min.js`, for a server that serves it. */
export declare const source: string;
/** Changes with the text: 16 characters of its SHA-256 in base64url, for an `ETag` or a file name. */
export declare const hash: string;
/** The text of `solver.min.js`, which `widget.min.js` loads from `{src}/solver.js` when a puzzle comes. */
export declare const solverSource: string;
/** Changes with the text of the solver, as `hash` does. */
export declare const solverHash: string;
