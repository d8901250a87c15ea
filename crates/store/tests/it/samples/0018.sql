UPDATE grants SET payments = payments + 1;
