export { CaptchaTelemetry } from './captcha-telemetry.js';
