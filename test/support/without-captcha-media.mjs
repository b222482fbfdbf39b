// For `node --import`: no package captcha-media is installed.
import Module, { register } from 'node:module';

const MISSING = 'captcha-media';

const hooks = `
export async function resolve(specifier, context, next) {
  if (specifier !== '${MISSING}') return next(specifier, context);
  throw Object.assign(new Error("Cannot find package '${MISSING}'"), { code: 'ERR_MODULE_NOT_FOUND' });
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...others) => {
  if (request !== MISSING) return resolveFilename(request, ...others);
  throw Object.assign(new Error(`Cannot find module '${MISSING}'`), { code: 'MODULE_NOT_FOUND' });
};
