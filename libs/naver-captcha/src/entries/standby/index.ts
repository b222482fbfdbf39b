export { standbyEngine, type StandbyEngineOptions } from './standby-engine.js';
