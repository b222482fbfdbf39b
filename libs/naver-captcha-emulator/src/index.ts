export { startNaverCaptchaEmulator, EmulatorListenError } from './handle/start-emulator.js';
export { type NaverCaptchaEmulator } from './handle/emulator.js';
export { type EmulatorKey, type EmulatorKeyState } from './store/key-store.js';
export { type EmulatorProblem, type EmulatorRequest } from './store/request-log.js';
export {
  type EmulatorLang,
  type EmulatorStyle,
  type NaverCaptchaEmulatorOptions,
} from './options/options.js';
export { EmulatorOptionsError } from './options/resolve-options.js';
export { type EmulatorCall, type EmulatorKind, type EmulatorPlatform } from './protocol/call.js';
export {
  type ArmedFault,
  type EmulatorFault,
  type EmulatorFaultKind,
  type EmulatorFaultName,
  type EmulatorFaultTarget,
  type EmulatorPlainFaultName,
} from './faults/fault.js';
export { EmulatorFaultError } from './faults/parse-fault.js';
