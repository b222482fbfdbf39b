/** Pixels. NAVER's own two sample pictures are 299×101. */
export const width = 300;
export const height = 100;
