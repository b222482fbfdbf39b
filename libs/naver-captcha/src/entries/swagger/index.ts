export { createDocumentWithCaptcha } from './create-document-with-captcha.js';
