/**
 * The headers of replies that a page of another origin can read only if CORS exposes them:
 * `app.enableCors({ origin, exposedHeaders })`. The captcha's routes expose them themselves.
 */
export const exposedHeaders: string[] = ['Retry-After', 'X-Captcha-Required'];
