export { standbyEngine, type StandbyEngineOptions } from './standby-engine.js';
export { type CaptchaStandby, type StandbyMedia } from '../../engines/standby/standby.engine.js';
