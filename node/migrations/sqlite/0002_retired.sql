-- When a member left this host with its archive; from then on nothing is written for it here.
ALTER TABLE member ADD COLUMN retired BIGINT;
